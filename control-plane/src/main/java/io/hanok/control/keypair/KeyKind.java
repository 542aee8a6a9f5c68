package io.hanok.control.keypair;

import org.apache.sshd.common.keyprovider.KeyPairProvider;

/** The algorithms of key pairs. */
enum KeyKind {
  RSA("rsa", KeyPairProvider.SSH_RSA),
  ED25519("ed25519", KeyPairProvider.SSH_ED25519);

  private final String text;
  private final String sshName;

  KeyKind(String text, String sshName) {
    this.text = text;
    this.sshName = sshName;
  }

  /** EC2's name of the type. */
  String text() {
    return text;
  }

  /** SSH's name of the algorithm. */
  String sshName() {
    return sshName;
  }
}
