global a = 1
global b
probe begin { a = b + 1; b = a - 1 }
