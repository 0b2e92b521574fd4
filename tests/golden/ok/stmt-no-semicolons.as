probe begin { a = 1; b = 2; c++; println("x"); { d = 3 } next; }
