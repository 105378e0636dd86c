namespace NATS.NKeys;

/// <summary>The type that NATS.Net signs a server's nonce with. Here it signs nothing: logging in with NKeys is not tested through it.</summary>
public sealed class KeyPair : IDisposable
{
    private const string Reason = "This is a stand-in that cannot sign.";

    private KeyPair()
    {
    }

    public static KeyPair FromSeed(ReadOnlySpan<char> encodedSeed) => throw new NotSupportedException(Reason);

    public string GetPublicKey() => throw new NotSupportedException(Reason);

    public void Sign(ReadOnlyMemory<byte> data, Memory<byte> signature) => throw new NotSupportedException(Reason);

    public void Dispose()
    {
    }
}
