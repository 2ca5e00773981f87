module toolshed

go 1.22
