use crate::name::safe_name;

fn check(table: &[(&str, &str)]) {
    for (component, name) in table {
        assert_eq!(safe_name(component), *name, "of {component:?}");
        assert_eq!(safe_name(name), *name, "of its result");
    }
}

#[test]
fn ordinary_names_stay() {
    for name in [
        "a",
        "바다.jpg",
        "Größe (2).tar.gz",
        ".gitignore",
        "..a",
        "a..b",
        "report v1.2 final",
        "a;b&c$d`e'f!g#h%i^j=k+l,m@n[o]{p}",
        "%2e%2e",
        "x~1.txt",
        "_-a",
        // Look like separators to people only, and are what others use for the forbidden ones.
        "a\u{FF0F}b\u{2215}c\u{29F8}d\u{FF1A}\u{FF1F}",
        // A screenshot of macOS has U+202F before PM; Japanese names have U+3000.
        "Screenshot 9.41.00\u{202F}PM.png",
        "写真\u{3000}海.jpg",
        // Persian needs ZWNJ, emoji need ZWJ and U+FE0F, ideographs need selectors.
        "می\u{200C}خواهم.txt",
        "👩\u{200D}👩\u{200D}👧.png",
        "❤\u{FE0F}\u{200D}🔥.png",
        "葛\u{E0100}城.txt",
        // Private use other than the range of Cygwin and Samba: the Apple logo.
        "\u{F8FF}.txt",
        "\u{FFFD}",
        "console.txt",
        "COM.txt",
        "COM10",
        "LPTX",
        "aux_",
        "lnk",
        "desktop.ini.txt",
        ".env.local",
    ] {
        assert_eq!(safe_name(name), name);
    }
}

#[test]
fn names_are_composed() {
    check(&[
        ("a\u{30A}.txt", "å.txt"),
        ("å.txt", "å.txt"),
        (
            "\u{110B}\u{116E}\u{1105}\u{1175}\u{110C}\u{1175}\u{11B8}.txt",
            "우리집.txt",
        ),
        // The accent meets its letter when what was between them is removed.
        ("e\u{200B}\u{301}", "é"),
        ("e\u{200D}\u{301}", "é"),
        // Characters that are others under NFC.
        ("\u{212A}", "K"),
        ("\u{212A}\u{200D}.txt", "K.txt"),
        ("a\u{37E}b", "a;b"),
    ]);
}

#[test]
fn characters_of_windows_are_replaced() {
    check(&[
        ("a:b", "a_b"),
        ("a.txt::$DATA", "a.txt__$DATA"),
        ("x\\y", "x_y"),
        ("C:x", "C_x"),
        ("..\\x", ".._x"),
        ("a/b", "a_b"),
        ("*?\"<>|", "______"),
        ("\\\\server\\share", "__server_share"),
        // What Cygwin, Samba and macOS map to `:`, `\`, a trailing space and a trailing dot.
        (
            "a\u{F03A}b\u{F022}c\u{F05C}d\u{F028}e\u{F029}",
            "a_b_c_d_e_",
        ),
    ]);
}

#[test]
fn dots_and_blanks_at_the_ends_are_removed() {
    check(&[
        ("a.", "a"),
        ("a ", "a"),
        ("a. . .", "a"),
        (" a", "a"),
        ("\u{3000}\u{A0}a\u{2800}\u{2003}", "a"),
        (" .a", ".a"),
        ("...", "_"),
        (". .", "_"),
        ("\u{200B}..", "_"),
        (".\u{202E}", "_"),
        (".\u{200D}.", "_"),
        ("", "_"),
        (" ", "_"),
        ("\u{3164}", "_"),
        ("\u{FE0F}", "_"),
        // A long run would move the extension out of view.
        ("invoice.pdf                    .exe", "invoice.pdf    .exe"),
        (
            "a \u{3000}\u{200B} \u{2800} \u{A0} b",
            "a \u{3000} \u{2800}b",
        ),
    ]);
}

#[test]
fn devices_of_windows_are_marked() {
    for name in [
        "con", "PRN", "Aux", "NUL", "CONIN$", "conout$", "COM0", "COM9", "LPT0", "lpt9", "COM¹",
        "com²", "LPT³",
    ] {
        for rest in ["", ".txt", ".tar.gz", " .txt", " . a", "\u{3000}.txt"] {
            let component = format!("{name}{rest}");
            assert_eq!(safe_name(&component), format!("_{component}"));
        }
        // What Windows removes was removed before.
        for end in [".", " ", "\u{202E}"] {
            assert_eq!(safe_name(&format!("{name}{end}")), format!("_{name}"));
        }
    }
    check(&[
        ("NUL.tar.gz", "_NUL.tar.gz"),
        ("con .txt", "_con .txt"),
        ("C\u{200B}ON", "_CON"),
        ("CON\u{200D}", "_CON"),
        ("CON:", "CON_"),
        ("\u{F022}CON", "_CON"),
    ]);
}

#[test]
fn characters_that_mislead_are_removed() {
    check(&[
        ("photo_high_re\u{202E}gnp.js", "photo_high_regnp.js"),
        ("\u{200E}a\u{200F}b\u{61C}c", "abc"),
        ("a\u{202A}\u{202B}\u{202C}\u{202D}b", "ab"),
        ("a\u{2066}\u{2067}\u{2068}\u{2069}b", "ab"),
        ("a\u{2028}b\u{2029}c\u{85}d", "abcd"),
        ("a\0b\u{1B}[31mc\rd\ne\u{7F}f", "ab[31mcdef"),
        ("a\u{AD}b\u{34F}c\u{2060}d\u{FEFF}e\u{180E}f", "abcdef"),
        ("a\u{E0041}b\u{FFF9}c\u{FDD0}d\u{10FFFF}e\u{FFFE}", "abcde"),
        // Joiners and selectors where no spelling needs them.
        ("a\u{200D}.t\u{200C}xt\u{FE0F}", "a.txt"),
        ("\u{200D}한", "한"),
        ("한\u{200D}\u{200D}\u{200C}글", "한\u{200D}글"),
        ("❤\u{FE0F}\u{FE00}\u{E0100}", "❤\u{FE0F}"),
    ]);
}

#[test]
fn names_that_commands_and_shells_act_on_are_marked() {
    check(&[
        ("-rf", "_-rf"),
        (
            "--checkpoint-action=exec=sh x",
            "_--checkpoint-action=exec=sh x",
        ),
        ("~", "_~"),
        ("~root", "_~root"),
        (" -a", "_-a"),
        ("a.lnk", "a.lnk_"),
        ("a.LNK. ", "a.LNK_"),
        ("a.url", "a.url_"),
        (".scf", ".scf_"),
        ("x.library-ms", "x.library-ms_"),
        ("x.searchConnector-ms", "x.searchConnector-ms_"),
        ("Desktop.INI", "Desktop.INI_"),
        ("autorun.inf", "autorun.inf_"),
        ("-con.lnk", "_-con.lnk_"),
        ("con.lnk", "_con.lnk_"),
        (
            "a.{21EC2020-3AEA-1069-A2DD-08002B30309D}",
            "a.{21EC2020-3AEA-1069-A2DD-08002B30309D}_",
        ),
    ]);
}

#[test]
fn long_names_are_cut_before_their_extension() {
    let of = |stem: &str, count: usize, rest: &str| stem.repeat(count) + rest;
    for (component, name) in [
        (of("한", 85, ""), of("한", 80, "")),
        (of("한", 80, ""), of("한", 80, "")),
        (of("한", 85, ".txt"), of("한", 78, ".txt")),
        (of("a", 254, ".part"), of("a", 235, ".part")),
        (of("a", 251, " (2)"), of("a", 240, "")),
        (of("a", 250, ".tar.gz"), of("a", 233, ".tar.gz")),
        (of("😀", 70, ".png"), of("😀", 59, ".png")),
        (of("a", 236, " b.txt"), of("a", 236, ".txt")),
        // What is longer than an extension, or has spaces, is none.
        (
            of("a", 230, &of(".", 1, &of("b", 40, ""))),
            of("a", 230, ".bbbbbbbbb"),
        ),
        (of("a", 236, ". b c"), of("a", 236, ". b")),
        (of("a", 238, ".. b"), of("a", 238, "")),
        (of("a", 1024, ""), of("a", 240, "")),
        // The mark has room as well.
        (of("-", 240, ""), of("_", 1, &of("-", 239, ""))),
        (of("a", 236, ".lnk"), of("a", 235, ".lnk_")),
        (
            of("a", 201, ".{21EC2020-3AEA-1069-A2DD-08002B30309D}"),
            of("a", 201, ".{21EC2020-3AEA-1069-A2DD-08002B30309D"),
        ),
    ] {
        assert_eq!(safe_name(&component), name, "of {component:?}");
        assert_eq!(safe_name(&name), name);
    }
}
