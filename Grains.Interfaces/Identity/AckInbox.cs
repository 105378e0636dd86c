using System.Buffers.Text;
using System.Globalization;
using System.Text;
using Bayou.Records;

namespace Bayou.Grains.Interfaces.Identity;

/// <summary>
/// The subject on which a subscription's client acknowledges: <c>_INBOX.bayou-group-number-secret</c>, all in hexadecimal.
/// It names the subscription, so any gateway can route an ack without a table; the secret, drawn when the client subscribes,
/// keeps it from being guessed.
/// </summary>
public readonly record struct AckInbox(SubscriptionId Subscription, ulong Secret)
{
    private static ReadOnlySpan<byte> Prefix => "_INBOX.bayou-"u8;

    private static ReadOnlySpan<byte> TokenPrefix => "bayou-"u8;

    /// <summary>Whether a subject has the form of an ack inbox.</summary>
    public static bool Matches(ReadOnlySpan<byte> subject) => subject.StartsWith(Prefix);

    public static bool TryParse(ReadOnlySpan<byte> subject, out AckInbox inbox)
    {
        inbox = default;
        return Matches(subject) && TryParseToken(subject[(Prefix.Length - TokenPrefix.Length)..], out inbox);
    }

    /// <summary>Parses the token of the subject that names the subscription.</summary>
    public static bool TryParseToken(ReadOnlySpan<byte> token, out AckInbox inbox)
    {
        inbox = default;
        if (!token.StartsWith(TokenPrefix))
        {
            return false;
        }

        var rest = token[TokenPrefix.Length..];
        if (!TryTake(ref rest, out var group) || !TryTake(ref rest, out var number) || !TryTake(ref rest, out var secret) || !rest.IsEmpty)
        {
            return false;
        }

        inbox = new(new SubscriptionId(new GroupId(group), number), secret);
        return true;
    }

    public static bool TryParse(string subject, out AckInbox inbox) => TryParse(Encoding.UTF8.GetBytes(subject), out inbox);

    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"_INBOX.bayou-{Subscription.Group.Value:x}-{Subscription.Number:x}-{Secret:x16}");

    private static bool TryTake(ref ReadOnlySpan<byte> rest, out ulong value)
    {
        if (!Utf8Parser.TryParse(rest, out value, out var used, 'x'))
        {
            return false;
        }

        rest = rest[used..];
        if (!rest.IsEmpty)
        {
            if (rest[0] != (byte)'-')
            {
                return false;
            }

            rest = rest[1..];
        }

        return true;
    }
}
