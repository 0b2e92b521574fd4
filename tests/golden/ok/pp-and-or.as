probe begin { println("yes") println("no") println("yes") }
