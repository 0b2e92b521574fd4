probe begin { println("yes") }
