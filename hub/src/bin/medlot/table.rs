//! Tables for people: aligned, and no wider than a terminal of 80 columns where the words allow it.

/// Columns of a terminal.
pub(crate) const WIDTH: usize = 80;

fn width(text: &str) -> usize {
    text.chars().count()
}

/// Lines of cells, the first their heads; the columns named in `right` are numbers.
pub(crate) fn lines(rows: &[Vec<String>], right: &[usize]) -> Vec<String> {
    let mut widths: Vec<usize> = Vec::new();
    for row in rows {
        for (at, cell) in row.iter().enumerate() {
            match widths.get_mut(at) {
                Some(most) => *most = (*most).max(width(cell)),
                None => widths.push(width(cell)),
            }
        }
    }
    let line = |row: &Vec<String>| {
        let cells = row.iter().zip(&widths).enumerate().map(|(at, (cell, most))| {
            let blank = " ".repeat(most - width(cell));
            if right.contains(&at) { format!("{blank}{cell}") } else { format!("{cell}{blank}") }
        });
        cells.collect::<Vec<_>>().join("  ").trim_end().to_owned()
    };
    rows.iter().map(line).collect()
}

/// A text broken at blanks into lines of a terminal's width: the first after `first`, the others after as many blanks.
pub(crate) fn wrapped(first: &str, text: &str) -> String {
    let indent = width(first);
    let (mut out, mut at) = (first.to_owned(), indent);
    for (n, word) in text.split_whitespace().enumerate() {
        if n > 0 && at + 1 + width(word) > WIDTH {
            out.push('\n');
            out.push_str(&" ".repeat(indent));
            at = indent;
        } else if n > 0 {
            out.push(' ');
            at += 1;
        }
        out.push_str(word);
        at += width(word);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_stand_at_the_right_and_letters_with_marks_are_one_wide() {
        let rows = [["Lô", "Tồn"], ["NV240118", "5"], ["Ế", "1180"]].map(|row| row.map(str::to_owned).to_vec());
        assert_eq!(lines(&rows, &[1]), ["Lô         Tồn", "NV240118     5", "Ế         1180"]);
    }

    #[test]
    fn what_is_too_long_goes_on_under_its_beginning() {
        let text = wrapped("   ! ", &"word ".repeat(30));
        assert!(text.lines().count() == 2 && text.lines().all(|line| width(line) <= WIDTH), "{text}");
        assert!(text.lines().nth(1).is_some_and(|line| line.starts_with("     word")));
    }
}
