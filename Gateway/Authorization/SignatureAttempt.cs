namespace Bayou.Gateway.Authorization;

/// <summary>With a signature: by whom it should be, what was to be signed, and what the client gave.</summary>
internal sealed record SignatureAttempt(UserKey Key, ReadOnlyMemory<byte> Nonce, string Signature, UserRules? Rules) : LoginAttempt(Rules)
{
    public override bool IsTrue() => Key.HasSigned(Nonce.Span, Signature);
}
