probe begin { x = (a - (-b)); x = (a + (+b)); x = (a - (-b)) }
