global b
probe begin { x = ([(a + 1), f(2), (c ? d : e)] in b); x = (!([1, 2] in b)) }
