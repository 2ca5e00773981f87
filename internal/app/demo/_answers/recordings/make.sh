#!/bin/sh
# Makes the recordings of the sample company: a drawn face and synthetic speech (flite), as a browser would send them. Needs ffmpeg with flite.
set -eu
cd "$(dirname "$0")"
make() { # NAME VOICE BACKGROUND SHIRT TEXT
	ffmpeg -hide_banner -loglevel error -y -f lavfi -i "flite=text='$5':voice=$2" -f lavfi -i "color=c=$3:s=320x240:r=8" -filter_complex \
		"[1:v]drawbox=x=95:y=175:w=130:h=65:c=$4:t=fill,drawbox=x=120:y=55:w=80:h=115:c=0xE8B796:t=fill,drawbox=x=114:y=40:w=92:h=36:c=0x3B2A20:t=fill,drawbox=x=136:y=98:w=12:h=9:c=0x2A2A2A:t=fill:enable='gt(mod(t,3.1),0.25)',drawbox=x=172:y=98:w=12:h=9:c=0x2A2A2A:t=fill:enable='gt(mod(t,3.1),0.25)',drawbox=x=146:y=140:w=28:h=4:c=0x8C3B3B:t=fill,drawbox=x=148:y=138:w=24:h=12:c=0x8C3B3B:t=fill:enable='lt(mod(t*3.3,1),0.5)'[v]" \
		-map "[v]" -map 0:a -shortest -c:v libvpx -b:v 40k -g 80 -c:a libopus -b:a 20k -ac 1 "$1.webm"
}
make question awb 0xDCE6F2 0x34536E "In your note you promise Ines to write again at lunch. It is lunch, and you have nothing new. What do you write?"
make answer slt 0xF1E9DD 0x6E4A34 "Then I would not wait for the proof. At noon I know two things for sure. It began with the version of today, and taking it back hurts nobody. So back to the version of yesterday, and say so in the same note to Ines."
