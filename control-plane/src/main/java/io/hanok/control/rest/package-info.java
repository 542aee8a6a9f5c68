/** What all native doors share: problem details for errors. */
package io.hanok.control.rest;
