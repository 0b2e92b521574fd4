probe a += b += begin { }
probe c += d += begin { }
probe a, b, c, d { }
