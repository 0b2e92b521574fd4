probe begin { a = (b = (c = 1)); a += (b -= 2); a = (b .= "x") }
