using System.Globalization;

namespace Bayou.Checker;

/// <summary>Names of what a history is about; each kind is numbered from 0.</summary>
public sealed class Names
{
    private readonly List<string> _nodes = [];
    private readonly List<string> _channels = [];
    private readonly List<string> _connections = [];
    private readonly List<string> _subscriptions = [];

    public int AddNode(string name) => Add(_nodes, name);

    public int AddChannel(string name) => Add(_channels, name);

    public int AddConnection(string name) => Add(_connections, name);

    public int AddSubscription(string name) => Add(_subscriptions, name);

    public string Node(int number) => Get(_nodes, number);

    public string Channel(int number) => Get(_channels, number);

    public string Subscription(int number) => Get(_subscriptions, number);

    /// <summary>A publish as its connection's name and its number.</summary>
    public string Of(Value value) => value == Value.None ? "an unreadable message" : Get(_connections, value.Connection) + value.Number.ToString(CultureInfo.InvariantCulture);

    private static int Add(List<string> names, string name)
    {
        names.Add(name);
        return names.Count - 1;
    }

    private static string Get(List<string> names, int number) =>
        number >= 0 && number < names.Count ? names[number] : "#" + number.ToString(CultureInfo.InvariantCulture);
}
