global a, b, c, d, e
probe begin { a = (((b + c) + d) + e) }
