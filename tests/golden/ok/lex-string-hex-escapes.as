probe begin { println("A JK \7") }
