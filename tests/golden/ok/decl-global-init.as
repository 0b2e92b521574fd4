global n = 5, neg = -0x5, hex = 16
global big = 0x8000000000000000
global s = "text", t = ""
probe begin { println(n, neg, hex, big, s, t) }
