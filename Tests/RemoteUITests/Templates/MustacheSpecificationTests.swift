import RemoteUI
import Testing

/// The behaviours that the public Mustache specification asks of the offered subset; cases are our own.
@Suite struct MustacheSpecificationTests {
    static let interpolation: [MustacheCase] = [
        .init("text without tags stays as it is", "Hello from {Mustache}!\n", is: "Hello from {Mustache}!\n"),
        .init("a name is replaced by its value", "Hi, {{subject}}!", ["subject": "world"], is: "Hi, world!"),
        .init("an interpolated value is not interpolated again", "{{a}}", ["a": "{{b}}", "b": "no"], is: "{{b}}"),
        .init(
            "the five characters of HTML are escaped", "{{x}}", ["x": #"& " < > '"#], is: "&amp; &quot; &lt; &gt; &#39;"
        ),
        .init("a number prints its digits", "{{n}} mi", ["n": .number(85)], is: "85 mi"),
        .init("characters beyond ASCII pass", "{{x}}", ["x": "証明書 é 🔑"], is: "証明書 é 🔑"),
        .init(
            "dotted names walk into objects", "{{person.name}} {{a.b.c}}",
            ["person": ["name": "Joe"], "a": ["b": ["c": "deep"]]], is: "Joe deep"),
        .init(
            "the first part of a dotted name is looked up outwards", "{{#a}}{{b.c}}{{/a}}",
            ["a": ["x": "1"], "b": ["c": "outer"]], is: "outer"),
        .init(
            "a dotted name in a section starts at its own context", "{{#a}}{{b.name}}{{/a}}",
            ["a": ["b": ["name": "inner"]], "b": ["name": "outer"]], is: "inner"),
        .init("white space around a tag stays", "| {{s}} |", ["s": "---"], is: "| --- |"),
        .init("a standalone interpolation keeps its line", "  {{s}}\n", ["s": "---"], is: "  ---\n"),
        .init("white space inside a tag is ignored", "|{{ s }}|", ["s": "---"], is: "|---|"),
        .init("a dot prints the element", "{{#l}}({{.}}){{/l}}", ["l": ["a", "<b>"]], is: "(a)(&lt;b&gt;)"),
    ]

    static let sections: [MustacheCase] = [
        .init("a true section is rendered", "\"{{#b}}yes{{/b}}\"", ["b": true], is: "\"yes\""),
        .init("a false section is left out", "\"{{#b}}no{{/b}}\"", ["b": false], is: "\"\""),
        .init("an object is a context", "{{#c}}Hi {{name}}.{{/c}}", ["c": ["name": "Joe"]], is: "Hi Joe."),
        .init("a text is a context", "{{#t}}Hi {{.}}.{{/t}}", ["t": "Joe"], is: "Hi Joe."),
        .init("an empty text is false", "[{{#t}}x{{/t}}{{^t}}none{{/t}}]", ["t": ""], is: "[none]"),
        .init(
            "names of outer contexts stay visible", "{{#a}}{{#b}}{{one}}{{two}}{{three}}{{/b}}{{/a}}",
            ["one": "1", "a": ["two": "2", "b": ["three": "3"]]], is: "123"),
        .init(
            "an inner name hides an outer one", "{{#a}}{{x}}{{/a}}{{x}}", ["x": "out", "a": ["x": "in"]], is: "inout"),
        .init(
            "a list is rendered for each element", "{{#l}}{{i}};{{/l}}", ["l": [["i": "1"], ["i": "2"], ["i": "3"]]],
            is: "1;2;3;"),
        .init("two sections on one line", "{{#b}}a{{/b}} b {{#b}}c{{/b}}", ["b": true], is: "a b c"),
        .init(
            "sections of one name nest", "| A {{#b}}B {{#b}}C{{/b}} D{{/b}} E |", ["b": true], is: "| A B C D E |"),
        .init("a dotted section", "{{#a.b}}here{{/a.b}}", ["a": ["b": true]], is: "here"),
        .init("a false dotted section", "[{{#a.b}}here{{/a.b}}]", ["a": ["b": false]], is: "[]"),
        .init("lists nest", "{{#l}}<{{#.}}{{.}}{{/.}}>{{/l}}", ["l": [["1", "2"], ["3"]]], is: "<12><3>"),
        .init("surrounding white space stays", " | {{#b}}\t|\t{{/b}} | \n", ["b": true], is: " | \t|\t | \n"),
        .init(
            "inner line ends stay", " | {{#b}} {{! note }}\n {{/b}} | \n", ["b": true], is: " |  \n  | \n"),
        .init(
            "standalone lines go", "| This Is\n{{#b}}\n|\n{{/b}}\n| A Line\n", ["b": true],
            is: "| This Is\n|\n| A Line\n"),
        .init(
            "indented standalone lines go", "| This Is\n  {{#b}}\n|\n  {{/b}}\n| A Line\n", ["b": true],
            is: "| This Is\n|\n| A Line\n"),
        .init("CR LF belongs to a standalone line", "|\r\n{{#b}}\r\n{{/b}}\r\n|", ["b": true], is: "|\r\n|"),
        .init("standalone at the start of the file", "  {{#b}}\n#{{/b}}\n/", ["b": true], is: "#\n/"),
        .init("standalone at the end of the file", "#{{#b}}\n/\n  {{/b}}", ["b": true], is: "#\n/\n"),
        .init("white space inside the tags", "|{{# b }}={{/ b }}|", ["b": true], is: "|=|"),
    ]

    static let inverted: [MustacheCase] = [
        .init("a false section is rendered when inverted", "{{^b}}yes{{/b}}", ["b": false], is: "yes"),
        .init("a true one is not", "[{{^b}}no{{/b}}]", ["b": true], is: "[]"),
        .init("an object is true", "[{{^c}}no{{/c}}]", ["c": ["n": "x"]], is: "[]"),
        .init("a list with elements is true", "[{{^l}}no{{/l}}]", ["l": ["a"]], is: "[]"),
        .init("an empty list is false", "{{^l}}none{{/l}}", ["l": []], is: "none"),
        .init("a dotted name", "{{^a.b}}none{{/a.b}}", ["a": ["b": false]], is: "none"),
        .init(
            "both ways beside each other", "{{#b}}a{{/b}}{{^b}}b{{/b}}{{#b}}c{{/b}}", ["b": false], is: "b"),
        .init(
            "standalone lines go", "| This Is\n{{^b}}\n|\n{{/b}}\n| A Line\n", ["b": false],
            is: "| This Is\n|\n| A Line\n"),
    ]

    static let comments: [MustacheCase] = [
        .init("a comment prints nothing", "12345{{! note }}67890", is: "1234567890"),
        .init("a comment may have lines", "12345{{!\n  note\n  more\n}}67890\n", is: "1234567890\n"),
        .init("a standalone comment takes its line along", "Begin.\n{{! note }}\nEnd.\n", is: "Begin.\nEnd.\n"),
        .init("an indented one too", "Begin.\n  {{! note }}\nEnd.\n", is: "Begin.\nEnd.\n"),
        .init("with CR LF", "|\r\n{{! note }}\r\n|", is: "|\r\n|"),
        .init("at the start of the file", "  {{! note }}\n!", is: "!"),
        .init("at the end of the file", "!\n  {{! note }}", is: "!\n"),
        .init("over lines", "Begin.\n{{!\nnote\n}}\nEnd.\n", is: "Begin.\nEnd.\n"),
        .init("beside text it is not standalone", "  12 {{! 34 }}\n", is: "  12 \n"),
        .init("white space around it stays", "12345 {{! note }} 67890", is: "12345  67890"),
    ]

    static let partials: [MustacheCase] = [
        .init(
            "a partial is put in place", "\"{{> text }}\"", partials: ["text": "from partial"], is: "\"from partial\""),
        .init(
            "it sees the context", "\"{{>p}}\"", ["text": "content"], partials: ["p": "*{{text}}*"], is: "\"*content*\""
        ),
        .init(
            "it sees the section's context", "{{#l}}{{>p}}{{/l}}", ["l": [["i": "1"], ["i": "2"]]],
            partials: ["p": "<{{i}}>"], is: "<1><2>"),
        .init("partials nest", "{{>a}}", ["x": "X"], partials: ["a": "*{{>b}}*", "b": "{{x}}!"], is: "*X!*"),
        .init("white space around it stays", "| {{>p}} |", partials: ["p": "\t|\t"], is: "| \t|\t |"),
        .init(
            "inline it is not indented", "  {{d}}  {{> p}}\n", ["d": "|"], partials: ["p": ">\n>"], is: "  |  >\n>\n"),
        .init("standalone it takes its line along", "|\r\n{{>p}}\r\n|", partials: ["p": ">"], is: "|\r\n>|"),
        .init("standalone at the start", "  {{>p}}\n>", partials: ["p": ">\n>"], is: "  >\n  >>"),
        .init("standalone at the end", ">\n  {{>p}}", partials: ["p": ">\n>"], is: ">\n  >\n  >"),
        .init(
            "its lines are indented, the values in them are not", "\\\n {{>p}}\n/\n", ["c": "<\n->"],
            partials: ["p": "|\n{{c}}\n|\n"], is: "\\\n |\n &lt;\n-&gt;\n |\n/\n"),
        .init("white space inside the tag", "|{{> p }}|", ["b": true], partials: ["p": "[]"], is: "|[]|"),
    ]

    @Test(arguments: interpolation + sections + inverted + comments + partials)
    func theSpecificationHolds(_ example: MustacheCase) throws {
        #expect(try example.render() == example.expected)
    }
}
