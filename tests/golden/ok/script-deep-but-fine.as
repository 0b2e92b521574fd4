probe begin { x = 1 }
