/** Key pairs: public halves kept, private halves shown once. */
package io.hanok.control.keypair;
