probe begin { a = 1 + 2 }
