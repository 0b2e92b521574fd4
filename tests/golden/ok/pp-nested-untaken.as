probe begin { println("else of else") }
