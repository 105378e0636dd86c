using System.Text;
using Bayou.Load.Protocol;

namespace Bayou.Load.Stan;

/// <summary>The subjects that a server names in its answer to a connect request.</summary>
public sealed record StanSubjects(string PublishPrefix, string Subscribe, string Close)
{
    public static StanSubjects Parse(ReadOnlySpan<byte> connectResponse)
    {
        var subjects = new StanSubjects("", "", "");
        var fields = new ProtobufReader(connectResponse);
        while (fields.Next())
        {
            string text = Encoding.UTF8.GetString(fields.Bytes);
            subjects = fields.Field switch
            {
                1 => subjects with { PublishPrefix = text },
                2 => subjects with { Subscribe = text },
                4 => subjects with { Close = text },
                5 => throw new LoadException($"The server refused a client: {text}"),
                _ => subjects,
            };
        }

        return subjects;
    }
}
