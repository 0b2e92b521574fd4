probe begin { println("") }
