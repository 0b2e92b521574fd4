probe begin { foo = 1; println("half string") }
