probe begin { x = ("a" . "b"); x = ("ab" . "c") }
