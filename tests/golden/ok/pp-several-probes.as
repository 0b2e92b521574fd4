probe begin { a = 1 }
probe end { b = 2 }
