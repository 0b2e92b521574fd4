global foo$1
probe begin { foo$1 = 1; println("x") }
