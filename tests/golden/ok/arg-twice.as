probe begin { println(7, 7, "7") }
