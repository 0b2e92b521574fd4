probe begin { a++; a++; { b = 1 } { b = 1 } }
