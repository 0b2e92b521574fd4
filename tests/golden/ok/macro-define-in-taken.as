probe begin { println("taken") }
