global arr
probe begin { x = (a & (b in arr)); x = ((1 in arr) & (2 in arr)) }
