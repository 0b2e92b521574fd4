probe begin { println("x") }
