using System.Globalization;
using System.Text;
using Bayou.TestKit.Stan.Wire;
using Xunit;

namespace Bayou.ProcessTests.Killing;

/// <summary>What somebody has read of a channel: which text every sequence had.</summary>
internal sealed class ChannelCopy(string reader)
{
    private readonly SortedDictionary<ulong, string> _texts = [];

    /// <summary>The last sequence below which nothing is missing.</summary>
    public ulong Complete { get; private set; }

    /// <summary>What was read, in order of sequence.</summary>
    public IEnumerable<string> Texts => _texts.Values;

    /// <summary>Takes a message; a sequence must have the same text whenever it is read.</summary>
    public string Add(MsgProto message)
    {
        string text = Encoding.UTF8.GetString(message.Data.Span);
        if (!_texts.TryAdd(message.Sequence, text)) Assert.Equal(_texts[message.Sequence], text);
        while (_texts.ContainsKey(Complete + 1)) Complete++;
        return text;
    }

    /// <summary>Nothing may be missing up to a marker.</summary>
    public void RequireCompleteTo(ulong sequence) =>
        Assert.True(Complete >= sequence, $"{reader} misses message {Complete + 1} of {sequence}.");

    /// <summary>Every acknowledged message of a publisher must be there once, and all of its messages in the order of publishing.</summary>
    public void RequireAll(string publisher, int[] acknowledged)
    {
        string prefix = publisher + ":";
        int[] stored =
        [
            .. _texts.Values
                .Where(text => text.StartsWith(prefix, StringComparison.Ordinal))
                .Select(text => int.Parse(text.AsSpan(prefix.Length), CultureInfo.InvariantCulture)),
        ];
        foreach ((int before, int after) in stored.Zip(stored.Skip(1)))
        {
            if (before >= after) Assert.Fail($"Message {before} of {publisher} is stored before {after}, as {Where(prefix, before)} and {Where(prefix, after)}.");
        }

        int[] lost = [.. acknowledged.Except(stored)];
        Assert.True(lost.Length == 0, $"Of {publisher}, {lost.Length} acknowledged messages are lost: {string.Join(' ', lost.Take(20))}");
    }

    private string Where(string prefix, int number) =>
        string.Join(" and ", _texts.Where(pair => pair.Value == $"{prefix}{number}").Select(static pair => $"sequence {pair.Key}"));
}
