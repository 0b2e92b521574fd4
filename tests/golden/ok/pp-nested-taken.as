probe begin { println("inner then") }
