global arr
probe begin { x = ((a < b) in arr); x = (((a == b) in arr) && c) }
