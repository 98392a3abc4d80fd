//! Lays formatted Rust out as rustfmt does with the settings of the repository.
//! prettyplease breaks lines at a narrower width and in fewer ways, so most of
//! the work is to join what fits on a line.

/// The longest line, in columns.
pub(super) const WIDTH: usize = 100;
/// The indent of a nested line.
pub(super) const INDENT: usize = 4;

/// Applies all rules, from the last line to the first, so that inner groups are
/// joined before the groups that hold them. Comments are left as they are.
pub(super) fn reflow(text: &str) -> String {
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    for index in (0..lines.len()).rev() {
        if is_comment(&lines[index]) {
            continue;
        }
        while index < lines.len()
            && (join_group(&mut lines, index)
                || join_chain(&mut lines, index)
                || join_call(&mut lines, index)
                || join_arm(&mut lines, index)
                || join_unsafe(&mut lines, index)
                || join_operands(&mut lines, index)
                || join_value(&mut lines, index)
                || move_value(&mut lines, index)
                || break_constant(&mut lines, index)
                || break_parameters(&mut lines, index)
                || hug_block(&mut lines, index))
        {}
    }
    lines.join("\n") + "\n"
}

fn indent(line: &str) -> usize {
    line.len() - line.trim_start().len()
}

fn is_comment(line: &str) -> bool {
    line.trim_start().starts_with("//")
}

/// The closing delimiter of the group that a line opens at its end.
fn closer(line: &str) -> Option<char> {
    match line.chars().next_back()? {
        '(' => Some(')'),
        '[' => Some(']'),
        '{' => Some('}'),
        _ => None,
    }
}

/// The index of the line that closes the group opened at the end of a line, if the
/// group has no comment and no empty line.
fn group_end(lines: &[String], start: usize) -> Option<usize> {
    let close = closer(&lines[start])?;
    let margin = indent(&lines[start]);
    let rest = lines[start + 1..].iter();
    let length = rest.clone().take_while(|line| indent(line) > margin && !is_comment(line)).count();
    let end = start + 1 + length;
    lines.get(end)?.trim_start().starts_with(close).then_some(end)
}

/// Whether a line that ends in `{` opens a struct literal.
fn opens_struct(line: &str) -> bool {
    let Some(head) = line.trim().strip_suffix(" {") else { return false };
    let name = head.rsplit([' ', '(', '[', '&']).next().unwrap_or(head);
    let before = &head[..head.len() - name.len()];
    let statement = before.split(' ').any(|word| ["if", "match", "while", "for"].contains(&word));
    let value = before.trim_end().ends_with(['=', ':', '>', ',']);
    let inside = before.is_empty() || before.ends_with(['(', '[', '&']);
    let path = name.chars().all(|one| one.is_ascii_alphanumeric() || "_:#".contains(one));
    let named = name.contains('_') || name.contains(|one: char| one.is_ascii_uppercase());
    let returned = before.trim_end_matches('&').ends_with("-> ");
    !statement && !returned && (value || inside) && path && named
}

/// The elements of a group on one line; none if some element has several lines.
fn joined(lines: &[String], start: usize, end: usize) -> Option<String> {
    let body = &lines[start + 1..end];
    let margin = indent(&lines[start]) + INDENT;
    let simple = |line: &String| indent(line) == margin && closer(line).is_none();
    if body.is_empty() || !body.iter().all(simple) {
        return None;
    }
    let text: Vec<_> = body.iter().map(|line| line.trim()).collect();
    let text = text.join(" ");
    let open = &lines[start];
    let tuple = open.ends_with('(')
        && !open[..open.len() - 1]
            .ends_with(|one: char| one.is_alphanumeric() || "_!>)]".contains(one));
    let text = match tuple && body.len() == 1 {
        true => text.as_str(),
        false => text.trim_end_matches(','),
    };
    let (before, after) = if open.ends_with('{') { (" ", " ") } else { ("", "") };
    Some([open, before, text, after, lines[end].trim_start()].concat())
}

/// Joins a group in parentheses or brackets, or a struct literal.
fn join_group(lines: &mut Vec<String>, start: usize) -> bool {
    if lines[start].ends_with('{') && !opens_struct(&lines[start]) {
        return false;
    }
    let Some(end) = group_end(lines, start) else { return false };
    let whole = joined(lines, start, end).filter(|whole| whole.len() <= WIDTH);
    replace(lines, start, end, whole)
}

/// Joins a chain of method calls.
fn join_chain(lines: &mut Vec<String>, start: usize) -> bool {
    let is_call = |line: &String| line.trim_start().starts_with('.');
    if is_call(&lines[start]) || closer(&lines[start]).is_some() {
        return false;
    }
    let calls =
        lines[start + 1..].iter().take_while(|line| is_call(line) && closer(line).is_none());
    let count = calls.count();
    if count == 0 {
        return false;
    }
    let more = lines.get(start + 1 + count).is_some_and(is_call);
    let end = start + count;
    let text: Vec<_> = lines[start + 1..=end].iter().map(|line| line.trim_start()).collect();
    let whole = [lines[start].as_str(), &text.concat()].concat();
    let whole = (!more && whole.len() <= WIDTH).then_some(whole);
    replace(lines, start, end, whole)
}

/// Joins the arm of a match whose block is one expression.
fn join_arm(lines: &mut Vec<String>, start: usize) -> bool {
    let Some(head) = lines[start].strip_suffix(" => {") else { return false };
    let [body, end, ..] = &lines[start + 1..] else { return false };
    if body.ends_with([';', ',', '{']) || end.trim() != "}" {
        return false;
    }
    let whole = [head, " => ", body.trim(), ","].concat();
    let whole = (whole.len() <= WIDTH).then_some(whole);
    replace(lines, start, start + 2, whole)
}

/// Joins an unsafe block of one expression.
fn join_unsafe(lines: &mut Vec<String>, start: usize) -> bool {
    let is_block = lines[start].trim_start() == "unsafe {" || lines[start].ends_with(" unsafe {");
    let [body, end, ..] = &lines[start + 1..] else { return false };
    let single = !body.ends_with([';', ',', '{', '(']) && end.trim_start().starts_with('}');
    if !is_block || !single {
        return false;
    }
    let whole = [&lines[start], " ", body.trim(), " ", end.trim()].concat();
    let whole = (whole.len() <= WIDTH).then_some(whole);
    replace(lines, start, start + 2, whole)
}

/// Joins operands that prettyplease puts on lines after their operators.
fn join_operands(lines: &mut Vec<String>, start: usize) -> bool {
    let Some(next) = lines.get(start + 1).map(|line| line.trim_start()) else { return false };
    let operator =
        ["| ", "|| ", "&& ", "+ ", "== ", "as "].iter().any(|sign| next.starts_with(sign));
    if !operator || closer(&lines[start]).is_some() || closer(next).is_some() {
        return false;
    }
    let whole = [&lines[start], " ", next].concat();
    let whole = (whole.len() <= WIDTH).then_some(whole);
    replace(lines, start, start + 1, whole)
}

/// Joins an assignment and its value, which prettyplease puts on a line of its own.
fn join_value(lines: &mut Vec<String>, start: usize) -> bool {
    let Some(value) = lines.get(start + 1).map(|line| line.trim_start()) else { return false };
    if !lines[start].ends_with(" =") || !value.ends_with(';') {
        return false;
    }
    let whole = [&lines[start], " ", value].concat();
    let whole = (whole.len() <= WIDTH).then_some(whole);
    replace(lines, start, start + 1, whole)
}

/// Moves an assigned value to the line after the equals sign if it fits there and
/// not after the equals sign.
fn move_value(lines: &mut Vec<String>, start: usize) -> bool {
    let Some((head, first)) = lines[start].split_once(" = ") else { return false };
    if first.is_empty() {
        return false;
    }
    let (head, margin) = (head.to_owned(), indent(&lines[start]));
    let value = " ".repeat(margin + INDENT) + first;
    let end = match group_end(lines, start) {
        Some(end) if first.ends_with(['(', '[']) || opens_struct(&lines[start]) => end,
        Some(_) => return false,
        None => {
            let more = lines[start + 1..].iter().take_while(|line| indent(line) > margin);
            start + more.count()
        }
    };
    if end == start || !lines[end].ends_with(';') {
        return false;
    }
    let mut moved = lines[start..=end].to_vec();
    moved[0] = value;
    let whole = match closer(first) {
        Some(_) => joined(
            &moved
                .iter()
                .enumerate()
                .map(|(index, line)| {
                    // The first line has been moved; the others follow.
                    if index == 0 { line.clone() } else { " ".repeat(INDENT) + line }
                })
                .collect::<Vec<_>>(),
            0,
            moved.len() - 1,
        ),
        None => {
            let text: Vec<_> = moved.iter().map(|line| line.trim_start()).collect();
            let gap = if text[1].starts_with('.') { "" } else { " " };
            Some([&" ".repeat(margin + INDENT), text.join(gap).as_str()].concat())
        }
    };
    let Some(whole) = whole.filter(|whole| whole.len() <= WIDTH) else { return false };
    lines.splice(start..=end, [head + " =", whole]);
    true
}

/// Joins a value and its only method call if the arguments of the call have several
/// lines.
fn join_call(lines: &mut Vec<String>, start: usize) -> bool {
    let Some(call) = lines.get(start + 1).map(|line| line.trim_start()) else { return false };
    let simple = !lines[start].trim_start().starts_with('.') && closer(&lines[start]).is_none();
    if !simple || !call.starts_with('.') || closer(call).is_none() {
        return false;
    }
    let whole = [&lines[start], call].concat();
    let Some(end) = group_end(lines, start + 1).filter(|_| whole.len() <= WIDTH) else {
        return false;
    };
    if lines.get(end + 1).is_some_and(|line| line.trim_start().starts_with('.')) {
        return false;
    }
    let rest = lines[start + 2..=end].iter().map(|line| line[INDENT..].to_owned());
    let joined: Vec<_> = [whole].into_iter().chain(rest).collect();
    lines.splice(start..=end, joined);
    true
}

/// Moves a block that is the only element of a call or an array, or a closure that
/// is the last argument of a call, to the line that opens the group.
fn hug_block(lines: &mut Vec<String>, start: usize) -> bool {
    let Some(end) = group_end(lines, start).filter(|_| !lines[start].ends_with('{')) else {
        return false;
    };
    let array = lines[start].ends_with('[');
    let body = &lines[start + 1..end];
    let margin = indent(&lines[start]) + INDENT;
    let simple = |line: &&String| indent(line) == margin && line.ends_with(',');
    let count = body.iter().take_while(simple).count();
    let [first, inner @ .., last] = &body[count..] else { return false };
    let closure = first.trim_start().starts_with('|') || first.trim_start().starts_with("move |");
    let block = (count == 0 || (closure && !array))
        && first.ends_with('{')
        && ["}", "},"].contains(&last.trim())
        && inner.iter().all(|line| indent(line) > margin);
    let arguments: String = body[..count].iter().flat_map(|line| [line.trim(), " "]).collect();
    let head = [&lines[start], arguments.as_str(), first.trim_start()].concat();
    if !block || head.len() > WIDTH {
        return false;
    }
    let inner = inner.iter().map(|line| line[INDENT..].to_owned());
    let close = last.trim().trim_end_matches(',');
    let close = [&" ".repeat(margin - INDENT), close, lines[end].trim_start()].concat();
    let hugged: Vec<_> = [head].into_iter().chain(inner).chain([close]).collect();
    lines.splice(start..=end, hugged);
    true
}

/// Moves the value of a constant, or its type too, to the next line if the line is too long.
fn break_constant(lines: &mut Vec<String>, start: usize) -> bool {
    let line = &lines[start];
    let long = line.len() > WIDTH && line.starts_with("pub const ") && line.ends_with(';');
    let Some((head, value)) = line.split_once(" = ").filter(|_| long) else { return false };
    let moved = match head.split_once(": ") {
        Some((name, type_)) if head.len() + " =".len() > WIDTH => {
            [[name, ":"].concat(), format!("{}{type_} = {value}", " ".repeat(INDENT))]
        }
        _ => [[head, " ="].concat(), " ".repeat(INDENT) + value],
    };
    lines.splice(start..=start, moved);
    true
}

/// Gives each parameter a line if the type of the result has several, and fits on one then.
fn break_parameters(lines: &mut Vec<String>, start: usize) -> bool {
    let Some((head, name)) = lines[start].split_once(") -> ") else { return false };
    let Some((head, parameters)) = head.split_once('(').filter(|_| name.ends_with('<')) else {
        return false;
    };
    let margin = " ".repeat(indent(&lines[start]));
    let close = [&margin, "> {"].concat();
    let Some(length) = lines[start + 1..].iter().position(|line| *line == close) else {
        return false;
    };
    let end = start + 1 + length;
    let types: Vec<_> = lines[start + 1..end].iter().map(|line| line.trim()).collect();
    let result = [&margin, ") -> ", name, types.join(" ").trim_end_matches(','), "> {"].concat();
    // A comma inside of a type would split it.
    if parameters.is_empty() || parameters.contains(['<', '(']) || result.len() > WIDTH {
        return false;
    }
    let parameters = parameters.split(", ").map(|one| format!("{margin}{:INDENT$}{one},", ""));
    let broken: Vec<_> =
        [format!("{head}(")].into_iter().chain(parameters).chain([result]).collect();
    lines.splice(start..=end, broken);
    true
}

/// Replaces lines by one, if there is one.
fn replace(lines: &mut Vec<String>, start: usize, end: usize, whole: Option<String>) -> bool {
    let Some(whole) = whole else { return false };
    lines.splice(start..=end, [whole]);
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_value_of_a_long_constant_has_its_own_line() {
        let name = "X".repeat(WIDTH - "pub const : u32 = 1;".len());
        let fits = format!("pub const {name}: u32 = 1;\n");
        assert_eq!(reflow(&fits), fits);
        let long = format!("pub const {name}Y: u32 = 1;\n");
        assert_eq!(reflow(&long), format!("pub const {name}Y: u32 =\n    1;\n"));
        let longer = format!("pub const {name}YZ: a_type = 1;\n");
        assert_eq!(reflow(&longer), format!("pub const {name}YZ:\n    a_type = 1;\n"));
    }

    #[test]
    fn groups_that_fit_are_joined() {
        assert_eq!(reflow("f(\n    a,\n    g(\n        b,\n    ),\n);\n"), "f(a, g(b));\n");
        assert_eq!(reflow("let x = S {\n    a: 1,\n};\n"), "let x = S { a: 1 };\n");
        assert_eq!(reflow("let x = (\n    a,\n);\n"), "let x = (a,);\n");
        assert_eq!(reflow("x\n    .a()\n    .b();\n"), "x.a().b();\n");
        assert_eq!(reflow("    A => {\n        b()\n    }\n"), "    A => b(),\n");
        assert_eq!(reflow("x.y = a.b(c)\n    as u32;\n"), "x.y = a.b(c) as u32;\n");
    }

    #[test]
    fn a_parameter_has_its_own_line_if_the_result_has_several() {
        let long = "T".repeat(WIDTH - "pub fn f(&self) -> Result<(, b), E> {".len() + 1);
        let text =
            format!("pub fn f(&self) -> Result<\n    ({long}, b),\n    E,\n> {{\n    g()\n}}\n");
        let broken =
            format!("pub fn f(\n    &self,\n) -> Result<({long}, b), E> {{\n    g()\n}}\n");
        assert_eq!(reflow(&text), broken);
    }

    #[test]
    fn blocks_and_comments_are_kept() {
        for text in [
            "pub fn f(&self) -> &F {\n    &self.0\n}\n",
            "pub struct S {\n    pub a: u32,\n}\n",
            "if a == B {\n    c();\n}\n",
            "fn f() -> S {\n    g()\n}\n",
            "f(\n    // why\n    a,\n);\n",
        ] {
            assert_eq!(reflow(text), text);
        }
    }

    #[test]
    fn a_long_value_moves_to_the_next_line() {
        let name = "N".repeat(50);
        let text =
            format!("const {name}: u32 = AAAAAAAAAAAAAAAAAAAAAAAA\n    | {};\n", "B".repeat(30));
        let moved =
            format!("const {name}: u32 =\n    AAAAAAAAAAAAAAAAAAAAAAAA | {};\n", "B".repeat(30));
        assert_eq!(reflow(&text), moved);
    }

    #[test]
    fn a_block_as_the_last_argument_shares_the_line_of_the_call() {
        let text = "f(\n    a,\n    |b| {\n        c()?;\n        b\n    },\n);\n";
        assert_eq!(reflow(text), "f(a, |b| {\n    c()?;\n    b\n});\n");
        let text = "f(\n    match a {\n        1 => 2,\n        _ => 3,\n    },\n)?;\n";
        assert_eq!(reflow(text), "f(match a {\n    1 => 2,\n    _ => 3,\n})?;\n");
    }
}
