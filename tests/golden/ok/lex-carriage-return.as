probe begin { a = 1; }
