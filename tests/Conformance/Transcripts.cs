namespace Bayou.Conformance;

/// <summary>What clients send, for both servers to answer: the corners of the protocol, one per line.</summary>
internal static class Transcripts
{
    private const string Quiet = "CONNECT {\"verbose\":false}\r\n";
    private const string WithHeaders = "CONNECT {\"verbose\":false,\"headers\":true,\"no_responders\":true}\r\n";

    /// <summary>After these the connection is open; the test sends PING behind them.</summary>
    public static readonly string[] Staying =
    [
        // Without CONNECT, and what CONNECT may look like.
        "", "SUB a 1\r\nPUB a 0\r\n\r\n", "CONNECT {}\r\n", "CONNECT null\r\n", "CONNECT  {\"verbose\":false} \r\n", "CONNECT{\"verbose\":false}\r\n",
        "CONNECT {\"VERBOSE\":false,\"echo\":null}\r\n", "CONNECT {\"unknown\":{\"a\":[1]},\"verbose\":false}\r\n", "connect {\"protocol\":1}\r\n",
        "CONNECT {\"verbose\":false,\"name\":\"x\"}\r\nCONNECT {\"pedantic\":false}\r\nPUB a.* 0\r\n\r\n", "CONNECT {\"verbose\":false}\r\nCONNECT {\"verbose\":true}\r\n",
        "CONNECT {\"user\":\"a\",\"pass\":\"b\",\"nkey\":\"x\",\"sig\":\"y\"}\r\n",

        // Verbs, separators, line ends.
        "pUb a 1\r\nx\r\n", "sub a q*.x 1\r\n", "pong\r\n", "+OK\r\n", "+ok and more\r\n", "PONG xyz\r\n", "INFO {}\r\n", "INFO {\"a\":1}\r\n", "INFO null\r\n",
        "SUB a 1\n", "PUB a 1\nx\r\n", "PUB  a\t 2 \r\nab\r\n", "SUB\tfoo\tq\t1\r\nPUB\tfoo\t1\r\nx\r\n", "SUB a 1 \r\n", "PUB a 1 \r\nx\r\n", "SUB a 1\r\r\n", "SUB a\rb 1\r\n",

        // Publishing.
        Quiet + "SUB a 1\r\nPUB a r 0\r\n\r\n", Quiet + "SUB a 1\r\nPUB a 0003\r\nabc\r\n", Quiet + "SUB a\0\xff 1\r\nPUB a\0\xff 3\r\n\0\r\n\r\n",
        Quiet + "SUB > 1\r\nPUB a..b 0\r\n\r\nPUB .a 0\r\n\r\nPUB a. 0\r\n\r\nPUB a.* 0\r\n\r\nPUB a.> 0\r\n\r\nPUB * 0\r\n\r\n",
        "PUB foo.* 0\r\n\r\nPUB a..b 0\r\n\r\nPUB .a 0\r\n\r\nPUB > 0\r\n\r\nPUB a> 0\r\n\r\n", "CONNECT {\"verbose\":false,\"pedantic\":true}\r\nSUB > 1\r\nPUB a.* 1\r\nx\r\n",
        "CONNECT {\"verbose\":false,\"echo\":false}\r\nSUB a 1\r\nPUB a 0\r\n\r\n", Quiet + "SUB a 1\r\nPUB a 000000001\r\nx\r\n",

        // Headers.
        WithHeaders + "SUB a 1\r\nHPUB a 0 2\r\nhi\r\n", WithHeaders + "SUB a 1\r\nHPUB a r 12 14\r\nNATS/1.0\r\n\r\nhi\r\n", WithHeaders + "SUB a 1\r\nHPUB a 4 4\r\n\0\xff\r\n\r\n",
        WithHeaders + "SUB a 1\r\nHPUB a 012 0014\r\nNATS/1.0\r\n\r\nhi\r\n", "CONNECT {\"headers\":true}\r\nSUB a 1\r\nhpub a 3 3\r\nabc\r\n",
        WithHeaders + "SUB a 1\r\nCONNECT {\"headers\":false,\"no_responders\":false}\r\nPUB a 1\r\nx\r\n",

        // Subscribing.
        "SUB .a 1\r\nSUB a. 2\r\nSUB a.>.b 3\r\nSUB a..b 4\r\nSUB . 5\r\nSUB >.a 6\r\n", "SUB foo* 1\r\nSUB a.>x 2\r\nSUB a\f 3\r\nSUB *a.b* 4\r\nSUB >> 5\r\nSUB ** 6\r\n",
        Quiet + "SUB foo* 1\r\nPUB foo* 0\r\n\r\nPUB foox 0\r\n\r\n", Quiet + "SUB a.>b 1\r\nPUB a.>b 0\r\n\r\nPUB a.b 0\r\n\r\n",
        Quiet + "SUB a.* 1\r\nPUB a 0\r\n\r\nPUB a.b 0\r\n\r\nPUB a.b.c 0\r\n\r\n", Quiet + "SUB a.> 1\r\nPUB a 0\r\n\r\nPUB a.b 0\r\n\r\nPUB a.b.c 0\r\n\r\n", Quiet + "SUB *.b.> 1\r\nPUB a.b 0\r\n\r\nPUB a.b.c.d 0\r\n\r\n",
        Quiet + "SUB a 1\r\nSUB b 1\r\nPUB b 0\r\n\r\nPUB a 0\r\n\r\n", "SUB a 1\r\nSUB a..b 1\r\n", "SUB a _sys_ 1\r\n", Quiet + "SUB a g 1\r\nPUB a 1\r\nx\r\n",
        Quiet + "SUB a g 1\r\nSUB * g 2\r\nUNSUB 1\r\nPUB a 1\r\nx\r\n", Quiet + "SUB a word\xe9 1\r\nPUB a 1\r\nx\r\n",

        // Unsubscribing.
        "UNSUB 9\r\n", "SUB a 1\r\nUNSUB 1 x\r\nPUB a 0\r\n\r\n", "SUB a 1\r\nUNSUB 1 -1\r\nPUB a 0\r\n\r\n", "SUB a 1\r\nUNSUB 1 0\r\nPUB a 0\r\n\r\n",
        Quiet + "SUB a 1\r\nUNSUB 1 2\r\nPUB a 1\r\nx\r\nPUB a 1\r\ny\r\nPUB a 1\r\nz\r\n", Quiet + "SUB a 1\r\nPUB a 1\r\nx\r\nPUB a 1\r\ny\r\nUNSUB 1 2\r\nPUB a 1\r\nz\r\n",
        Quiet + "SUB a 1\r\nPUB a 1\r\nx\r\nUNSUB 1 1\r\nSUB b 1\r\nPUB b 1\r\ny\r\n", Quiet + "SUB a 1\r\nUNSUB 1 2\r\nUNSUB 1\r\nPUB a 1\r\nx\r\n",
        Quiet + "SUB a 1\r\nUNSUB 1 1\r\nUNSUB 1 3\r\nPUB a 1\r\nx\r\nPUB a 1\r\ny\r\nPUB a 1\r\nz\r\nPUB a 1\r\nw\r\n",

        // Answers from servers, and nobody to answer.
        WithHeaders + "SUB r.* 1\r\nPUB x r.1 0\r\n\r\nHPUB x r.2 12 12\r\nNATS/1.0\r\n\r\n\r\n", WithHeaders + "PUB x r.1 0\r\n\r\n", WithHeaders + "SUB r.* 1\r\nSUB x 2\r\nPUB x r.1 0\r\n\r\n",
        WithHeaders + "SUB r g 1\r\nPUB x r 0\r\n\r\n", "CONNECT {\"headers\":true,\"no_responders\":true}\r\nSUB r 1\r\nPUB x r 0\r\n\r\n", Quiet + "SUB r 1\r\nPUB x r 0\r\n\r\n",
        Quiet + "SUB a 1\r\nPUB a _R_.x 0\r\n\r\nPUB a $JS.ACK.x 0\r\n\r\nPUB a _GR_.x 0\r\n\r\nPUB _GR_.x 0\r\n\r\nPUB _R_.x 0\r\n\r\nPUB a _R_ 0\r\n\r\n", "PUB a _R_.x 0\r\n\r\n", "PUB a..b _R_.x 0\r\n\r\nPUB _GR_.* 0\r\n\r\nPUB _GR_.\xff\" 0\r\n\r\nPUB a _R_.\xe9 0\r\n\r\n",

        // Limits that hold.
        "SUB " + new string('a', 4092) + " 1\r\n", "SUB " + new string('a', 4094) + " 1\r\n", "SUB " + new string(' ', 6000) + "a 1\r\n", "+OK" + new string(' ', 5000) + "\r\n",
        "CONNECT {\"name\":\"" + new string('a', 4085) + "\"}\r\n",
    ];

    /// <summary>After these the server closes.</summary>
    public static readonly string[] Closing =
    [
        // Nobody knows such a verb.
        "\r\n", "OK\r\n", "x", "+\r\n", "PIN\r\n", "PUX", " PING\r\n", "SUB\r\n", "UNSUB\r\n", "PUB\r\n", "PUBx a 1\r\n", "SUBa a 1\r\n", "-ERR\r\n",
        "MSG a 1 0\r\n\r\n", "HMSG a 1 2 2\r\n", "RS+ a b\r\n", "LS+ a b\r\n", "A+ b\r\n", "RMSG $G a 0\r\n", "SUB a 1\r\nFOO\r\n",

        // The payload does not end where it should.
        "PUB a 2\r\nabc\r\n", "PUB a 2\r\nabX", "PUB a 2\r\nab\n\n", "PUB a 2\r\nab\r\r",

        // Arguments that make no sense.
        "SUB \r\n", "SUB a\r\n", "SUB a b c d\r\n", "UNSUB \r\n", "UNSUB 1 2 3\r\n", "PUB \r\n", "PUB a\r\n", "PUB a b c 2\r\n", "PUB a -1\r\n", "PUB a x\r\n",
        "PUB a 99999999999999999999\r\n", "PUB a 0000000001\r\nx\r\n", "HPUB a 2\r\nab\r\n", "HPUB a 0 2\r\nab\r\n", "CONNECT {\"headers\":true}\r\nHPUB a 3 2\r\nab\r\n",
        "CONNECT {\"headers\":true}\r\nHPUB a b c 0 2\r\nab\r\n", "CONNECT {\"headers\":true}\r\nHPUB a x 2\r\nab\r\n", "-ERR foo\r\n", "-ERR \r\n", "INFO\r\n", "INFO 5\r\n", "INFO foo\r\n", "INFO []\r\n",

        // CONNECT.
        "CONNECT\r\n", "CONNECT {bad\r\n", "CONNECT []\r\n", "CONNECT {\"a\":1}{}\r\n", "CONNECT {} x\r\n", "CONNECT {\"verbose\":\"x\"}\r\n", "CONNECT {\"verbose\":1}\r\n",
        "CONNECT {\"protocol\":2}\r\n", "CONNECT {\"protocol\":-1}\r\n", "CONNECT {\"protocol\":1.5}\r\n", "CONNECT {\"protocol\":\"1\"}\r\n", "CONNECT {\"lang\":5}\r\n", "CONNECT {\"jwt\":5}\r\n",
        "CONNECT {\"no_responders\":true}\r\n", "CONNECT {\"account\":\"x\"}\r\n", "CONNECT {\"new_account\":true}\r\n",

        // Limits that do not.
        "PUB a 1048577\r\n", "PUB a 999999999\r\n", "CONNECT {\"headers\":true}\r\nHPUB a 5 1048577\r\n",
        "SUB " + new string('a', 4095) + " 1\r\n", "SUB " + new string('a', 5000), "CONNECT {\"name\":\"" + new string('a', 5000) + "\"}\r\n", "PUB " + new string('a', 5000) + " 0\r\n\r\n",
    ];
}
