//! Pictures in light and dark colours. Programs that know no variables of CSS, which are many
//! viewers of SVG, must show them too, so that each rule has its light colours, and the dark
//! ones follow in rules of their own.

/// A colour that templates name as `var(--NAME)`: the name, the light and the dark colour.
const COLOURS: [(&str, &str, &str); 15] = [
    ("ink", "#1f2328", "#e6edf3"),
    ("pale", "#59636e", "#9ea7b3"),
    ("line", "#6e7781", "#8b949e"),
    ("card", "#f6f8fa", "#161b22"),
    ("rim", "#d1d9e0", "#3d444d"),
    ("box", "#ffffff", "#0d1117"),
    ("blue", "#0550ae", "#79c0ff"),
    ("protocol", "#ddf4ff", "#0c2d4d"),
    ("header", "#f0e5ff", "#2c1e4a"),
    ("array", "#dafbe1", "#12331c"),
    ("green", "#1a7f37", "#56d364"),
    ("grey", "#eff2f5", "#21262d"),
    ("stripe", "#dde2e8", "#30363d"),
    ("pink", "#fff5f3", "#2d1417"),
    ("red", "#ffd3cc", "#67302d"),
];

/// The start of the name of a colour.
const VARIABLE: &str = "var(--";

/// The rules of every picture.
const COMMON: &str = include_str!("../../../templates/picture.css");

/// The style of a picture with rules of its own, in both sets of colours. Each rule is a line.
pub(super) fn style(own: &str) -> String {
    coloured(&[COMMON, own].concat())
}

fn coloured(rules: &str) -> String {
    let light = with_colours(rules, |(_, light, _)| light);
    let dark: String = rules.lines().filter_map(only_colours).collect();
    let dark = with_colours(&dark, |(_, _, dark)| dark);
    format!("{light}@media (prefers-color-scheme: dark) {{\n{dark}}}\n")
}

/// The rule without declarations that name no colour; `None` if nothing is left.
fn only_colours(rule: &str) -> Option<String> {
    let (selector, declarations) = rule.split_once(" { ")?;
    let declarations = declarations.trim_end_matches('}').split(';').map(str::trim);
    let named: Vec<_> = declarations.filter(|one| one.contains(VARIABLE)).collect();
    (!named.is_empty()).then(|| format!("{selector} {{ {}; }}\n", named.join("; ")))
}

fn with_colours(
    rules: &str,
    choose: impl Fn((&'static str, &'static str, &'static str)) -> &'static str,
) -> String {
    let mut parts = rules.split(VARIABLE);
    let mut text = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let named = part.split_once(')').and_then(|(name, after)| {
            Some((COLOURS.into_iter().find(|colour| colour.0 == name)?, after))
        });
        match named {
            Some((colour, after)) => text.extend([choose(colour), after]),
            None => text.extend([VARIABLE, part]),
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_rule_has_both_colours() {
        let rules = ".a { fill: var(--box); stroke: none; }\n.b { x: 1; }\n";
        let expected = ".a { fill: #ffffff; stroke: none; }\n.b { x: 1; }\n\
            @media (prefers-color-scheme: dark) {\n.a { fill: #0d1117; }\n}\n";
        assert_eq!(coloured(rules), expected);
    }
}
