namespace Bayou.Grains.Interfaces;

/// <summary>Names and patterns of channels, as NATS matches subjects: <c>*</c> stands for one token, <c>&gt;</c> for one or more at the end.</summary>
public static class ChannelPattern
{
    /// <summary>Takes in every channel.</summary>
    public const string All = ">";

    /// <summary>Whether it is a name or a pattern: wildcards are whole tokens, <c>&gt;</c> only the last one, and no token is empty.</summary>
    public static bool IsValid(string pattern)
    {
        var tokens = pattern.Split('.');
        return !Array.Exists(tokens, static token => token.Length == 0 || (token.Length > 1 && token.AsSpan().ContainsAny('*', '>')))
            && !tokens.AsSpan(0, tokens.Length - 1).Contains(">");
    }

    /// <summary>Whether a pattern takes in a channel, or a pattern that is no wider.</summary>
    public static bool Matches(string pattern, string channel)
    {
        var tokens = pattern.Split('.');
        var subject = channel.Split('.');
        for (var i = 0; i < tokens.Length; i++)
        {
            if (tokens[i] == ">")
            {
                return i == tokens.Length - 1 && i < subject.Length;
            }

            if (i >= subject.Length || (tokens[i] == "*" ? subject[i] == ">" : tokens[i] != subject[i]))
            {
                return false;
            }
        }

        return tokens.Length == subject.Length;
    }

    /// <summary>Whether there can be a channel that both take in.</summary>
    public static bool Overlap(string one, string other)
    {
        var (left, right) = (one.Split('.'), other.Split('.'));
        for (var i = 0; i < Math.Min(left.Length, right.Length); i++)
        {
            if (left[i] == ">" || right[i] == ">")
            {
                return true;
            }

            if (left[i] != right[i] && left[i] != "*" && right[i] != "*")
            {
                return false;
            }
        }

        return left.Length == right.Length;
    }
}
