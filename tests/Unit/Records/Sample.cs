using System.Text;
using Bayou.Records;
using CsCheck;

namespace Bayou.Unit.Records;

/// <summary>A message as tests build it and read it back.</summary>
public sealed record Sample(string Subject, string ReplyTo, string MessageId, string Headers, string Payload)
{
    private static readonly Gen<string> Text = Gen.String[Gen.Char['!', '~'], 0, 40];

    public static Gen<Sample[]> Batches { get; } =
        Gen.Select(Text, Text, Text, Text, Gen.String[Gen.Char['!', '~'], 0, 300], static (subject, reply, id, headers, payload) =>
            new Sample(subject, reply, id, headers, payload)).Array[1, 20];

    public static Sample Of(in Record record) => new(
        Encoding.UTF8.GetString(record.Subject),
        Encoding.UTF8.GetString(record.ReplyTo),
        Encoding.UTF8.GetString(record.MessageId),
        Encoding.UTF8.GetString(record.Headers),
        Encoding.UTF8.GetString(record.Payload));

    public static byte[] Build(IEnumerable<Sample> samples, ulong origin = 7, ulong number = 9)
    {
        var builder = new RecordBatchBuilder();
        foreach (Sample sample in samples)
        {
            builder.Add(Bytes(sample.Subject), Bytes(sample.ReplyTo), Bytes(sample.MessageId), Bytes(sample.Headers), Bytes(sample.Payload));
        }

        return builder.Build(origin, number).ToArray();
    }

    public static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);
}
