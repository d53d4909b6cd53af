"Typical wrong answers to the exercises of chapter 1: for each exercise, pairs of an answer and words of its message."
WRONG = {
    "by_hand": [
        ("def by_hand(a, b): return b * b, 2 * a * b + a", "only one of the two arrows that leave a"),
        ("def by_hand(a, b): return b, a + a * b + a * b", "only one of the two arrows that leave a"),
        ("def by_hand(a, b): return b * b + b, a * b + a", "b is a factor twice"),
        ("def by_hand(a, b): return b * b + b, a * b", "b is a factor twice"),
        ("def by_hand(a, b): return 2 * a * b + a, b * b + b", "the wrong way round"),
        ("def by_hand(a, b): b * b + b, 2 * a * b + a", "Is there a `return`?"),
        ("def by_hand(a, b): return b * b + b", "expected"),
        ("def by_hand(a, b): return (a * b + a) * b", "That is f itself"),
        ("def by_hand(a, b): return Value(b * b + b), Value(2 * a * b + a)", "Value(data=12.0, grad=0.0)"),
        ("def by_hand(a, b): return 12.0, 14.0", "by_hand(-1, 0.5) gave (12, 14), expected (0.75, -2)"),
        ("def by_hand(a): return 12.0, 14.0", "takes 1 positional argument but 2 were given"),
    ],
    "softplus": [
        ("""
def softplus(x):
    y = math.log(1 + math.exp(x.data))
    return Value(y, (x,), lambda g: (g / (1 + math.exp(-x.data)),), "softplus")""", "e to the 800 is no float"),
        ("""
def softplus(x):
    y = max(x.data, 0.0) + math.log1p(math.exp(-abs(x.data)))
    return Value(y, (x,), lambda g: (g / (1 + math.exp(-x.data)),), "softplus")""", "your slope needs e to the 800"),
        ("def softplus(x): return x + (1 + (-x).exp()).log()", "Make it a single node"),
        ("""
def softplus(x):
    y = max(x.data, 0.0) + math.log1p(math.exp(-abs(x.data)))
    return Value(y, (x,), lambda g: g * (1 + math.tanh(x.data / 2)) / 2, "softplus")""", "A rule returns a tuple"),
        ("""
def softplus(x):
    y = max(x.data, 0.0) + math.log1p(math.exp(-abs(x.data)))
    return Value(y, (x), lambda g: (g * (1 + math.tanh(x.data / 2)) / 2,), "softplus")""", "A rule returns a tuple"),
        ("def softplus(x): Value(1.0, (x,), lambda g: (g,), 'softplus')", "Is there a `return`?"),
        ("def softplus(x): return (1 + exp(x)).log()", "e to the 800 is no float"),
        ("""
def softplus(x):
    y = max(x.data, 0.0) + math.log1p(math.exp(-abs(x.data)))
    return Value(y, (x,), lambda g: ((1 + math.tanh(x.data / 2)) / 2,), "softplus")""", "forgets g"),
        ("""
def softplus(x):
    y = max(x.data, 0.0) + math.log1p(math.exp(-abs(x.data)))
    return Value(y, (x,), lambda g: (g * (1 - math.tanh(x.data / 2)) / 2,), "softplus")""", "lost the sign"),
        ("""
def softplus(x):
    return Value(max(x.data, 0.0) + math.log1p(math.exp(-abs(x.data))))""", "x heard nothing"),
        ("def softplus(x): return Value(math.log(1 + math.exp(x.data)))", "x heard nothing"),
        ("def softplus(x): return Value(math.log(1 + math.exp(x.data)), (x,))", "And e to the 800 is no float"),
        ("def softplus(x): return (1 + x.exp()).log()", "Make it a single node"),
        ("def softplus(x): return max(x.data, 0.0) + math.log1p(math.exp(-abs(x.data)))", "gave what led to AttributeError"),
        ("""
def softplus(x):
    x.data = max(x.data, 0.0) + math.log1p(math.exp(-abs(x.data)))
    return Value(x.data, (x,), lambda g: (g,))""", "gave 3 for gradient of 3 * softplus, expected 1.86738"),
    ],
    "maximum": [
        ("def maximum(a, b): return Value(max(a.data, b.data), (a, b), lambda g: (g, g))", "Both parents received g"),
        ("def maximum(a, b): return a if a.data > b.data else b", "a node of its own"),
        ("def maximum(a, b): return a if a.data >= b.data else b", "a node of its own"),
        ("""
def maximum(a, b):
    if a.data == b.data: return (a + b) / 2
    return a if a.data > b.data else b""", "expected"),
        ("""
def maximum(a, b):
    first = a.data > b.data
    return Value(max(a.data, b.data), (a, b), lambda g: (g * first, g * (1 - first)))""", "one parent got everything"),
        ("def maximum(a, b): return Value(max(a.data, b.data), (a, b), lambda g: (g / 2, g / 2))", "is for ties"),
        ("""
def maximum(a, b):
    share = 0.5 if a.data == b.data else float(a.data > b.data)
    return Value(max(a.data, b.data), (a, b), lambda g: (share, 1 - share))""", "forgets g"),
        ("""
def maximum(a, b):
    share = 0.5 if a.data == b.data else float(a.data < b.data)
    return Value(min(a.data, b.data), (a, b), lambda g: (g * share, g * (1 - share)))""", "the smaller of the two"),
        ("""
def maximum(a, b):
    first = a.data < b.data
    return Value(max(a.data, b.data), (a, b), lambda g: (g * first, g * (1 - first)))""", "went to the smaller"),
        ("""
def maximum(a, b):
    return Value(max(a.data, b.data), (a, b), lambda g: (g * (a.data >= b.data), g * (b.data >= a.data)))""",
         "On a tie both parents got all"),
        ("""
def maximum(a, b):
    return Value(max(a.data, b.data), (a, b), lambda g: (g * (a.data > b.data), g * (b.data > a.data)))""",
         "On a tie nobody got anything"),
        ("def maximum(a, b): return Value(max(a.data, b.data))", "The parents heard nothing"),
        *[(f"""
def maximum(a, b):
    share = 0.5 if {tie} else float({larger})
    return Value(a.data if share == 1 else b.data, (a, b), lambda g: (g * share, g * (1 - share)))""", message)
          for tie, larger, message in [
            ("abs(a.data - b.data) < 0.5", "a.data > b.data", "maximum(-0.5, -0.25) gave"),
            ("math.isclose(a.data, b.data)", "a.data > b.data", "nearly equal are no tie"),
            ("abs(a.data) == abs(b.data)", "abs(a.data) > abs(b.data)", "further from 0")]],
    ],
    "momentum_step": [
        ("""
def momentum_step(parameters, velocities, lr, beta):
    for p, v in zip(parameters, velocities):
        v = beta * v + p.grad
        p.data -= lr * v""", "The velocities are still 0"),
        ("""
def momentum_step(parameters, velocities, lr, beta):
    for i, p in enumerate(parameters):
        velocities[i] = beta * velocities[i] + p.grad
        p.data += lr * velocities[i]""", "uphill"),
        ("""
def momentum_step(parameters, velocities, lr, beta):
    for i, p in enumerate(parameters):
        p.data -= lr * velocities[i]
        velocities[i] = beta * velocities[i] + p.grad""", "update it first"),
        ("""
def momentum_step(parameters, velocities, lr, beta):
    for i, p in enumerate(parameters):
        velocities[i] = beta * velocities[i] + (1 - beta) * p.grad
        p.data -= lr * velocities[i]""", "1 - beta"),
        ("""
def momentum_step(parameters, velocities, lr, beta):
    for i, p in enumerate(parameters):
        velocities[i] = velocities[i] + beta * p.grad
        p.data -= lr * velocities[i]""", "belongs to the velocity"),
        ("""
def momentum_step(parameters, velocities, lr, beta):
    for i, p in enumerate(parameters):
        velocities[i] = beta * velocities[i] + p.grad
        p = p.data - lr * velocities[i]""", "didn't move"),
        ("""
def momentum_step(parameters, velocities, lr, beta):
    for i, p in enumerate(parameters):
        velocities[i] = beta * velocities[i] + p.grad
        p.data -= lr * p.grad""", "plain gradient descent"),
        ("""
def momentum_step(parameters, velocities, lr, beta):
    for i, p in enumerate(parameters):
        velocities[i] = beta * velocities[i] + lr * p.grad
        p.data -= velocities[i]""", "your velocity contains lr"),
        ("""
def momentum_step(parameters, velocities, lr, beta):
    for i, p in enumerate(parameters):
        velocities[i] = beta * velocities[i] - p.grad
        p.data += lr * velocities[i]""", "the opposite sign"),
        ("""
def momentum_step(parameters, velocities, lr, beta):
    for i, p in enumerate(parameters):
        velocities[i] = p.grad
        p.data -= lr * velocities[i]""", "Nothing of the old velocity"),
        ("""
def momentum_step(parameters, velocities, lr, beta):
    for i, p in enumerate(parameters):
        velocities[i] = beta * velocities[i] + p.grad
        parameters[i] = Value(p.data - lr * velocities[i])""", "the network still holds the old one"),
        ("""
def momentum_step(parameters, velocities, lr, beta):
    for i, p in enumerate(parameters):
        velocities[i] = beta * velocities[i] + p.grad
        p.data -= lr * (p.grad + beta * velocities[i])""", "Nesterov"),
        ("""
def momentum_step(parameters, velocities, lr, beta):
    for i, p in enumerate(parameters):
        velocities[i] = beta * velocities[i] + p.grad
        p.data -= lr * velocities[i]
        p.grad = 0.0""", "The gradients were changed"),
        ("""
def momentum_step(parameters, velocities, lr, beta):
    velocities = [beta * v + p.grad for p, v in zip(parameters, velocities)]
    for p, v in zip(parameters, velocities): p.data -= lr * v""", "The velocities are still 0"),
    ],
    "second_derivative": [
        ("""
def second_derivative(f, x, h=1e-4):
    leaf = Value(x)
    f(leaf).backward()
    return leaf.grad""", "first derivative"),
        ("""
def second_derivative(f, x, h=1e-4):
    return (f(Value(x + h)).data - f(Value(x - h)).data) / (2 * h)""", "first derivative"),
        ("""
def second_derivative(f, x, h=1e-4):
    leaf = Value(x + h)
    f(leaf).backward()
    up = leaf.grad
    leaf.data = x - h
    f(leaf).backward()
    return (up - leaf.grad) / (2 * h)""", "Take a fresh one"),
        ("""
def slope(f, v):
    leaf = Value(v)
    f(leaf).backward()
    return leaf.grad
def second_derivative(f, x, h=1e-4): return (slope(f, x + h) - slope(f, x - h)) / h""", "2 h apart"),
        ("def second_derivative(f, x, h=1e-4): return (slope(f, x - h) - slope(f, x + h)) / (2 * h)", "wrong way"),
        ("def second_derivative(f, x, h=1e-4): return slope(f, x + h) - slope(f, x - h)", "divide it by 2 h"),
        ("""
def second_derivative(f, x, h=1e-4):
    up, down = Value(x + h), Value(x - h)
    f(up), f(down)
    return (up.grad - down.grad) / (2 * h)""", "who calls backward()"),
        ("""
def second_derivative(f, x, h=1e-4):
    up, at, down = (f(Value(v)).data for v in (x + h, x, x - h))
    return (up - 2 * at + down) / h ** 2""", "The value was nudged twice"),
        ("def second_derivative(f, x, h=1e-4): return nudge(lambda v: nudge(lambda u: f(Value(u)).data, v), x)",
         "second_derivative(far_up, 2) gave"),
        ("def second_derivative(f, x, h=1e-4): return (slope(f, x + h) - slope(f, x - h)) / 2e-4", "the argument h"),
        ("def second_derivative(f, x, h=1e-4): return (slope(f, x + h) - slope(f, x)) / h", "gave -5.97, expected -6"),
    ],
    "order_by_counting": [
        ("""
def order_by_counting(root):
    order, todo, seen = [], [root], set()
    while todo:
        node = todo.pop(0)
        if node in seen or not node._parents: continue
        seen.add(node)
        order.append(node)
        todo.extend(node._parents)
    return order""", "when its first user was done"),
        ("""
def order_by_counting(root):
    order, todo = [], [root]
    while todo:
        node = todo.pop(0)
        order.append(node)
        for p in node._parents:
            if p._parents: todo.append(p)
    return order""", "once for every arrow"),
        ("""
def order_by_counting(root):
    order, seen = [], set()
    def visit(node):
        if node in seen or not node._parents: return
        seen.add(node)
        for p in node._parents: visit(p)
        order.append(node)
    visit(root)
    return order[::-1]""", "stack is too short"),
        ("""
def order_by_counting(root):
    order, todo, seen = [], [root], {root}
    while todo:
        node = todo.pop()
        order.append(node)
        for p in node._parents:
            if p._parents and p not in seen: seen.add(p); todo.append(p)
    return order""", "expected"),
        ("""
def order_by_counting(root):
    users, seen, todo = Counter(), {root}, [root]
    while todo:
        node = todo.pop()
        users.update(set(node._parents))
        for p in set(node._parents) - seen: seen.add(p); todo.append(p)
    order, ready = [], [root]
    while ready:
        node = ready.pop()
        order.append(node)
        for p in node._parents:
            users[p] -= 1
            if users[p] == 0 and p._parents: ready.append(p)
    return order""", "Count and lower alike"),
        ("def order_by_counting(root): return topological(root)", "wrong way round"),
        ("""
def order_by_counting(root):
    order = topological(root)[::-1]
    return order + list({p for n in order for p in n._parents if not p._parents})""", "leave them out"),
        ("def order_by_counting(root): return []", "gave 0 for listed, expected 2"),
        ("""
def order_by_counting(root):
    order, todo = [], [root]
    while todo:
        node = todo.pop(0)
        if node in order: order.remove(node)
        else: todo += [p for p in node._parents if p._parents]
        order.append(node)
    return order""", "for too early, expected 0"),
    ],
}
