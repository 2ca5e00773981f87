def merge(sailings: list[list[int]]) -> list[list[int]]:
    return []
