probe begin { a; (-b); a; b }
