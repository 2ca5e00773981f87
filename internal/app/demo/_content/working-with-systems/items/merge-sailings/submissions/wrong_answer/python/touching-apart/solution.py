def merge(sailings):
    taken = []
    for arrives, leaves in sorted(sailings):
        if taken and arrives < taken[-1][1]:
            taken[-1][1] = max(taken[-1][1], leaves)
        else:
            taken.append([arrives, leaves])
    return taken
