probe begin { println(2, "2", "a", "b") }
