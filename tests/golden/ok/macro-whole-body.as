probe begin { a = 1 }
probe end { a = 1 }
