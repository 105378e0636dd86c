using System.Globalization;
using Bayou.Silo.Configuration.Language;
using CsCheck;
using Xunit;

namespace Bayou.Unit.Silo;

/// <summary>The grammar, one row per rule. Values are shown as <see cref="Show"/> writes them.</summary>
public sealed class ConfigLanguageTests
{
    [Theory]
    // Files and separators.
    [InlineData("", "{}")]
    [InlineData("a = 1", "{a:1}")]
    [InlineData("a: 1", "{a:1}")]
    [InlineData("a 1", "{a:1}")]
    [InlineData("a=1", "{a:1}")]
    [InlineData("a\n1", "{a:1}")]
    [InlineData("a: 1\nb: 2", "{a:1 b:2}")]
    [InlineData("a: 1; b: 2, c: 3", "{a:1 b:2 c:3}")]
    [InlineData("a: 1\r\nb: 2\r\n", "{a:1 b:2}")]
    [InlineData("a: 1\na: 2", "{a:2}")]
    [InlineData("a: 1\nA: 2", "{a:1 A:2}")]
    [InlineData("{ \"a\": 1, \"b\": { \"c\": [true, \"x\"] } }", "{a:1 b:{c:[true 'x']}}")]
    [InlineData("{ a: 1 }\nb: 2", "{a:1 b:2}")]
    [InlineData("a: 1 }", "{a:1}")]
    [InlineData("a: 1\n}\n", "{a:1}")]
    [InlineData("a =", "{a:''}")]
    // Keys.
    [InlineData("'a b': 1", "{a b:1}")]
    [InlineData("\"a:b\" = 1", "{a:b:1}")]
    [InlineData("a.b-c_d 1", "{a.b-c_d:1}")]
    [InlineData("include: 1", "{include:1}")]
    // Comments.
    [InlineData("# x\na: 1 # y\n// z\nb: 2 // w", "{a:1 b:2}")]
    [InlineData("a: [ # x\n 1 # y\n, # not reached as a value\n2 ]", null)]
    [InlineData("a: [ # x\n 1 # y\n 2, // z\n 3 ] # w", "{a:[1 2 3]}")]
    [InlineData("a { # x\n b: 1 // y\n # z\n }", "{a:{b:1}}")]
    [InlineData("a: x#y", "{a:'x#y'}")]
    [InlineData("a: http://x", "{a:'http://x'}")]
    // Maps and arrays.
    [InlineData("a {}", "{a:{}}")]
    [InlineData("a: { b = 1, c: 2; d 3\n e: [] }", "{a:{b:1 c:2 d:3 e:[]}}")]
    [InlineData("a: {\n b\n 1\n}", "{a:{b:1}}")]
    [InlineData("a: [1, 'x', [2], {b: 3},]", "{a:[1 'x' [2] {b:3}]}")]
    [InlineData("a: [\n 1\n 2\n\n 3\n]", "{a:[1 2 3]}")]
    [InlineData("a: [1]", "{a:[1]}")]
    [InlineData("a: [1k]", "{a:[1000]}")]
    // Strings.
    [InlineData("a: foo", "{a:'foo'}")]
    [InlineData("a: foo'", "{a:'foo'}")]
    [InlineData("a: 'x\\ny'", "{a:'x\\ny'}")]
    [InlineData("a: \"x\\ty\\\"\\\\\\x41\\r\\n\"", "{a:'x\ty\"\\A\r\n'}")]
    [InlineData("a: \"x\ny\"", "{a:'x\ny'}")]
    [InlineData("a: x\\x41y", "{a:'xAy'}")]
    [InlineData("a: ''", "{a:''}")]
    [InlineData("a: (\nx {\n  y )\n)\nb: 1", "{a:'\nx {\n  y )\n' b:1}")]
    [InlineData("a: \"true\"", "{a:'true'}")]
    [InlineData("a: *", "{a:'*'}")]
    // Booleans.
    [InlineData("a: [true, TRUE, yes, Yes, on, ON]", "{a:[true true true true true true]}")]
    [InlineData("a: [false, no, off, OFF]", "{a:[false false false false]}")]
    [InlineData("a: truex", "{a:'truex'}")]
    // Numbers.
    [InlineData("a: 0", "{a:0}")]
    [InlineData("a: -5", "{a:-5}")]
    [InlineData("a: [1k, 1K, 1m, 1g, 1t, 1p, 1e]", "{a:[1000 1000 1000000 1000000000 1000000000000 1000000000000000 1000000000000000000]}")]
    [InlineData("a: [1kb, 1KB, 1ki, 1KiB, 1mb, 1Mi, 1gib, 1tb, 1pb, 1eb]", "{a:[1024 1024 1024 1024 1048576 1048576 1073741824 1099511627776 1125899906842624 1152921504606846976]}")]
    [InlineData("a: -1k", "{a:-1000}")]
    [InlineData("a: 1.5", "{a:1.5}")]
    [InlineData("a: -1.5", "{a:-1.5}")]
    [InlineData("a: 1kx", "{a:'1kx'}")]
    [InlineData("a: 30s", "{a:'30s'}")]
    [InlineData("a: 1h30m", "{a:'1h30m'}")]
    [InlineData("a: 2m", "{a:2000000}")]
    // Dates, addresses.
    [InlineData("a: 2006-01-02T15:04:05Z", "{a:2006-01-02T15:04:05}")]
    [InlineData("a: 127.0.0.1", "{a:'127.0.0.1'}")]
    [InlineData("a: 127.0.0.1:4222", "{a:'127.0.0.1:4222'}")]
    [InlineData("a: 0.0.0.0:-1", "{a:'0.0.0.0:-1'}")]
    [InlineData("a: 4222:1", "{a:'4222:1'}")]
    [InlineData("a: localhost:4222", "{a:'localhost:4222'}")]
    // Variables.
    [InlineData("x: 5\na: $x", "{x:5 a:5}")]
    [InlineData("x: 5\na { x: 6, b: $x }\nc: $x", "{x:5 a:{x:6 b:6} c:5}")]
    [InlineData("x: 5\na { b { c: $x } }", "{x:5 a:{b:{c:5}}}")]
    [InlineData("x: [1, 2]\ny: $x\na: [$y, $x]", "{x:[1 2] y:[1 2] a:[[1 2] [1 2]]}")]
    [InlineData("a: $NUMBER", "{a:42}")]
    [InlineData("a: $FLAG", "{a:true}")]
    [InlineData("a: $LIST", "{a:[1 2]}")]
    [InlineData("a: $INDIRECT", "{a:42}")]
    [InlineData("a: $EMPTY", "{a:''}")]
    [InlineData("a: \"$NUMBER\"", "{a:'$NUMBER'}")]
    [InlineData("a: '$NUMBER'", "{a:'$NUMBER'}")]
    [InlineData("a: x$NUMBER", "{a:'x$NUMBER'}")]
    [InlineData("a: $2a$11$UP3xizk94sWF9SHF/wkklOfBT9jphTGNrhZqz2OHoBdk9yO1kvErG", "{a:'$2a$11$UP3xizk94sWF9SHF/wkklOfBT9jphTGNrhZqz2OHoBdk9yO1kvErG'}")]
    [InlineData("a: $2b$11$x", "{a:'$2b$11$x'}")]
    // Includes.
    [InlineData("include sub/one.conf", "{one:1 two:2}")]
    [InlineData("include 'sub/one.conf'\nb: 1", "{one:1 two:2 b:1}")]
    [InlineData("INCLUDE \"sub/one.conf\"", "{one:1 two:2}")]
    [InlineData("one: 0\ninclude sub/one.conf\ntwo: 3", "{one:1 two:3}")]
    [InlineData("a { include sub/two.conf; b: 1 }", "{a:{two:2 b:1}}")]
    [InlineData("a {include sub/two.conf}", "{a:{two:2}}")]
    [InlineData("include sub/one.conf\na: $two", "{one:1 two:2 a:2}")]
    public void AText_MeansItsTree(string text, string? tree)
    {
        if (tree is null)
            Assert.Throws<ConfigSyntaxException>(() => Parse(text));
        else
            Assert.Equal(tree, Show(Parse(text)));
    }

    [Theory]
    [InlineData("=1", 1, 1, "unexpected key separator '='")]
    [InlineData("a", 1, 1, "the key \"a\" has no value")]
    [InlineData("a: 1\n  b", 2, 3, "the key \"b\" has no value")]
    [InlineData("a =\n1", 1, 4, "expected a value but found the end of the line")]
    [InlineData("a: 1 2", 1, 6, "expected a top-level value to end with a new line, comment or EOF, but got '2' instead")]
    [InlineData("a: 1\n}\nb: 2", 3, 1, "unexpected '}' before this")]
    [InlineData("a: {", 1, 5, "unexpected EOF processing map")]
    [InlineData("{ a: 1\n", 2, 1, "unexpected EOF processing map")]
    [InlineData("a: { b: 1 2 }", 1, 11, "expected a map value terminator ',' or a map terminator '}', but got '2' instead")]
    [InlineData("a: { ] }", 1, 6, "unexpected ']' processing map")]
    [InlineData("a: { = 1 }", 1, 6, "unexpected key separator '='")]
    [InlineData("a: { {} }", 1, 7, "expected a key before '{'")]
    [InlineData("a: [1 2]", 1, 7, "expected an array value terminator \",\" or an array terminator \"]\", but got '2' instead")]
    [InlineData("a: [,]", 1, 5, "expected an array value or an array terminator ']', but got ',' instead")]
    [InlineData("a: [1, 2", 1, 9, "expected an array value terminator \",\" or an array terminator \"]\", but got the end of the text instead")]
    [InlineData("a: \"x", 1, 6, "the text ends before the closing \"")]
    [InlineData("a: 'x", 1, 6, "the text ends before the closing '")]
    [InlineData("'a: 1", 1, 6, "the text ends before the closing '")]
    [InlineData("a: (\nx )\n", 3, 1, "the text ends before the ')' that closes the block, which must stand alone on its line")]
    [InlineData("a: \"x\\q\"", 1, 7, "invalid escape character 'q'; only \\xXX, \\t, \\n, \\r, \\\" and \\\\ are allowed")]
    [InlineData("a: \"\\x4z\"", 1, 8, "expected two hexadecimal digits after \\x, but found 'z'")]
    [InlineData("a: .5", 1, 4, "a number needs a digit before its '.'")]
    [InlineData("a: 5.", 1, 6, "a number needs a digit after its '.', but found the end of the text")]
    [InlineData("a: -x", 1, 5, "expected a digit after the '-', but found 'x'")]
    [InlineData("a: 1.5k", 1, 7, "expected a top-level value to end with a new line, comment or EOF, but got 'k' instead")]
    [InlineData("a: 1kbb", 1, 4, "'1kbb' has an unknown size suffix")]
    [InlineData("a: 9223372036854775808", 1, 4, "integer '9223372036854775808' is out of the range")]
    [InlineData("a: 9223372036854775807k", 1, 4, "integer '9223372036854775807k' is out of the range")]
    [InlineData("a: 1-2", 1, 5, "expected a date such as 2006-01-02T15:04:05Z; quote the value if it is a string")]
    [InlineData("a: 2006-01-02", 1, 14, "expected a date such as 2006-01-02T15:04:05Z, but found the end of the text")]
    [InlineData("a: 2006-13-02T15:04:05Z", 1, 4, "expected Zulu formatted DateTime, but got '2006-13-02T15:04:05Z'")]
    public void ABrokenText_IsReportedWhereItBreaks(string text, int line, int column, string message)
    {
        var failure = Assert.Throws<ConfigSyntaxException>(() => Parse(text));

        Assert.Equal("parse error: " + message, failure.Message);
        Assert.Equal(new ConfigOrigin("main.conf", line, column), failure.Origin);
    }

    [Theory]
    [InlineData("a: 1\nb: $NOPE", "main.conf:2:4", "variable reference for 'NOPE' on line 2 can not be found")]
    [InlineData("a: $A\nA: 1", "main.conf:1:4", "variable reference for 'A' on line 1 can not be found")]
    [InlineData("x: 1\na: $X", "main.conf:2:4", "variable reference for 'X' on line 2 can not be found")]
    [InlineData("a { x: 1 }\nb: $x", "main.conf:2:4", "variable reference for 'x' on line 2 can not be found")]
    [InlineData("a: $CYCLE", "main.conf:1:4", "variable reference for 'CYCLE' on line 1 could not be parsed: variable reference for 'CYCLE2' on line 1 could not be parsed: variable reference cycle for 'CYCLE'")]
    [InlineData("a: $BROKEN", "main.conf:1:4", "variable reference for 'BROKEN' on line 1 could not be parsed: parse error: expected a top-level value to end with a new line, comment or EOF, but got 'b' instead")]
    [InlineData("include nope.conf", "main.conf:1:1", "error parsing include file 'nope.conf', open nope.conf: no such file or directory")]
    [InlineData("\ninclude self.conf", "self.conf:1:1", "error parsing include file 'self.conf', it includes itself")]
    [InlineData("include broken.conf", "broken.conf:2:3", "parse error: unexpected key separator '='")]
    [InlineData("include [", "main.conf:1:9", "parse error: expected the path of a file to include, but found '['")]
    [InlineData("include ''", "main.conf:1:11", "parse error: the path of the file to include is empty")]
    [InlineData("include\nx", "main.conf:1:8", "parse error: expected the path of a file to include, but found the end of the line")]
    public void AVariableOrIncludeThatLeadsNowhere_IsReported(string text, string place, string message)
    {
        var failure = Assert.Throws<ConfigSyntaxException>(() => Parse(text));

        Assert.Equal(message, failure.Message);
        Assert.Equal(place, failure.Origin.ToString());
    }

    [Fact]
    public void Keys_KnowTheirPlaces()
    {
        var map = Parse("a: 1\n  b: { c: 2 }\ninclude sub/two.conf");

        Assert.Equal("main.conf:2:3", map.Find("b")!.Origin.ToString());
        Assert.Equal("main.conf:2:8", ((ConfigMap)map.Find("b")!.Value).Find("c")!.Origin.ToString());
        Assert.Equal("sub/two.conf:1:1", map.Find("two")!.Origin.ToString());
    }

    [Fact]
    public void NestingWithoutEnd_IsAnErrorAndNoOverflow()
    {
        var failure = Assert.Throws<ConfigSyntaxException>(() => Parse("a: " + new string('[', 100_000)));

        Assert.Contains("nested more than 64 deep", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ATextCutAnywhere_IsReadOrRefusedButNeverHangs()
    {
        const string Text = "a: { b: [1, \"x\\t\", 'y'], c: (\nz\n) } # w\ninclude sub/two.conf\nd: 2006-01-02T15:04:05Z, e: -1.5; f: 1kb\ng: $NUMBER";

        for (var length = 0; length <= Text.Length; length++)
        {
            var failure = Record.Exception(() => Parse(Text[..length]));
            Assert.True(failure is null or ConfigSyntaxException, $"cut at {length}: {failure}");
        }
    }

    [Fact]
    public void AnyText_IsReadOrRefused()
    {
        string[] pieces = ["a", "b", "1", "-", ".", "k", "$", "$a", "=", ":", "{", "}", "[", "]", "(", ")", "\"", "'", "\\", ",", ";", "\n", " ", "#", "//", "include ", "\0", "é"];

        Gen.Int[0, pieces.Length - 1].Array[0, 40].Sample(
            choices => IsReadOrRefused(string.Concat(choices.Select(choice => pieces[choice]))),
            iter: 20_000);
    }

    private static bool IsReadOrRefused(string text)
    {
        try
        {
            return Parse(text) is not null;
        }
        catch (ConfigSyntaxException)
        {
            return true;
        }
    }

    private static ConfigMap Parse(string text)
    {
        var files = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["main.conf"] = text,
            ["sub/one.conf"] = "one: 1\ninclude two.conf",
            ["sub/two.conf"] = "two: 2",
            ["self.conf"] = "include self.conf",
            ["broken.conf"] = "\n  = 1",
        };
        var variables = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["NUMBER"] = "42",
            ["FLAG"] = "yes",
            ["LIST"] = "[1, 2]",
            ["INDIRECT"] = "$NUMBER",
            ["EMPTY"] = "",
            ["CYCLE"] = "$CYCLE2",
            ["CYCLE2"] = "$CYCLE",
            ["BROKEN"] = "a b",
        };
        return ConfigParser.ParseFile("main.conf", new ConfigReadContext(
            name => variables.GetValueOrDefault(name),
            path => files.GetValueOrDefault(path) ?? throw new FileNotFoundException(null, path)));
    }

    private static string Show(ConfigValue value) => value switch
    {
        ConfigMap map => "{" + string.Join(' ', map.Entries.Select(entry => $"{entry.Key}:{Show(entry.Value)}")) + "}",
        ConfigArray array => "[" + string.Join(' ', array.Items.Select(Show)) + "]",
        ConfigString text => $"'{text.Text}'",
        ConfigInteger integer => integer.Number.ToString(CultureInfo.InvariantCulture),
        ConfigFloat number => number.Number.ToString(CultureInfo.InvariantCulture),
        ConfigBoolean boolean => boolean.IsTrue ? "true" : "false",
        ConfigDate date => date.Time.ToString("yyyy-MM-ddTHH:mm:ss", CultureInfo.InvariantCulture),
        _ => throw new InvalidOperationException(value.Kind),
    };
}
